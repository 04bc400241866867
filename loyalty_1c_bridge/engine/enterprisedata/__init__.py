"""EnterpriseData: numbered messages for accounting, versions 1.10 to 1.21."""
