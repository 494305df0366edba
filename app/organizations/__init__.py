"""What the vendor keeps of each organization: settings, particulars, extensions, suspension."""
