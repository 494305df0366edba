"""The SCIM surface."""
