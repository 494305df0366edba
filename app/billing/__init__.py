"""Who pays: prices, terms, quotes, purchases and invoices."""
