"""Arithmetic and protocols of messages: no database, no clock, no ERP."""
