"""1CClientBankExchange: bank statements and payment orders as text."""
