-- A copy of the database exchanges with no 1C base.
UPDATE onec_backend
   SET ed_transport = 'manual', ed_url = NULL, ed_login = NULL, ed_password = NULL,
       ed_folder = NULL;
-- A copy of the database is no partner of 1C: its addresses and passwords are void.
UPDATE onec_backend
   SET token_hash = NULL,
       login = NULL,
       password_hash = NULL,
       accept_token = FALSE;
UPDATE onec_session
   SET state = 'expired';
UPDATE onec_backend
   SET odata_url = NULL, odata_login = NULL, odata_password = NULL;
