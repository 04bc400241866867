-- A copy of the database exchanges with no 1C base.
UPDATE onec_backend
   SET ed_transport = 'manual', ed_url = NULL, ed_login = NULL, ed_password = NULL,
       ed_folder = NULL;
