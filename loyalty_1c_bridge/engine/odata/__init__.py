"""OData v3 as 1C publishes it."""
