"""The process that sends messages and takes the reports, beside the ERP's own."""

from .process import Worker
