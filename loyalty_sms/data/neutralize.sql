-- A copy of the database writes to nobody: every gateway becomes a demo phone, and no
-- key of a provider stays in it.
UPDATE loyalty_sms_gateway
   SET kind = 'demo',
       login = NULL,
       secret = NULL,
       webhook_key = NULL,
       webhook_secret = NULL,
       webhook_base = NULL,
       http_headers = NULL,
       http_body = NULL,
       http_query_body = NULL,
       http_balance_body = NULL,
       http_url = NULL,
       http_query_url = NULL,
       http_balance_url = NULL,
       whatsapp_verify_token = NULL,
       kannel_url = NULL,
       kannel_admin_url = NULL,
       kannel_admin_password = NULL,
       kannel_status_password = NULL;
UPDATE loyalty_sms_kannel_link
   SET password = NULL;
