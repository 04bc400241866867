-- Nobody drives a copy of the database: the links of couriers end in it.
UPDATE loyalty_delivery_access
   SET is_revoked = TRUE,
       device_hash = NULL;
-- A copy of the database asks nobody for roads and addresses, and keeps no key.
UPDATE loyalty_delivery_matrix_provider
   SET api_key = NULL,
       active = active AND kind NOT LIKE '%\_http';
UPDATE loyalty_delivery_geo_service
   SET active = FALSE;
