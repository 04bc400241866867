"""Plain arithmetic of the club: no database, no clock, no ERP."""
