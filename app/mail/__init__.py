"""Mail: the outbox's messages as letters in the language of their recipient, and their delivery."""
