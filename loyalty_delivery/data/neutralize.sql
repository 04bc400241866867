-- Nobody drives a copy of the database: the links of couriers end in it.
UPDATE loyalty_delivery_access
   SET is_revoked = TRUE,
       device_hash = NULL;
