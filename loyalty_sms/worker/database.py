"""Transactions of a process that lives for months."""

import contextlib
import logging
import random
import threading
import time

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, TransactionRollbackError

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry

_logger = logging.getLogger(__name__)

# The advisory locks of the suite's messages; the second number is the gateway's id.
LOCK_CLASS = 0x534D53
TRIES = 8
LOST = (psycopg2.OperationalError, psycopg2.InterfaceError, sql_db.PoolError)


class Database:
    """Environments in transactions of their own."""

    def __init__(self, name):
        self.name = name
        self._changing = threading.Lock()

    def change(self, work):
        """As :meth:`call`, one at a time: for what changes messages that wait.

        The threads of a process would otherwise change the same rows at once, when a
        report overtakes the answer of its gateway, and one would have to begin again.
        """
        with self._changing:
            return self.call(work)

    def call(self, work):
        """Run ``work(env)`` in a transaction and commit it; again if another won.

        :return: what it returned
        """
        for attempt in range(TRIES):
            try:
                with Registry(self.name).cursor() as cr:
                    return work(self.environment(cr))
            # The class above failed serialization and deadlock; the one of
            # psycopg2.errors has neither below it.
            except TransactionRollbackError:
                if attempt + 1 == TRIES:
                    raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
        raise AssertionError("unreachable")

    @staticmethod
    def environment(cr):
        """The system's own environment."""
        return api.Environment(cr, SUPERUSER_ID, {})

    def connection(self):
        """A connection of its own, without transactions, for locks and listening.

        It does not belong to the pool: a session's lock would stay with it there.
        """
        _name, info = sql_db.connection_info_for(self.name)
        connection = psycopg2.connect(**info)
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        return connection


class GatewayLock:
    """Who holds it is the only one to send through a gateway."""

    def __init__(self, database, gateway_id):
        self.database = database
        self.gateway_id = gateway_id
        self._connection = None

    def hold(self):
        """Whether it is ours; asks for it when it is not."""
        try:
            if self._connection is None:
                self._connection = self.database.connection()
                query = "SELECT pg_try_advisory_lock(%s, %s)"
            else:
                query = "SELECT %s IS NOT NULL AND %s IS NOT NULL"
            with self._connection.cursor() as cursor:
                cursor.execute(query, (LOCK_CLASS, self.gateway_id))
                is_ours = cursor.fetchone()[0]
        except LOST:
            self.release()
            raise
        if not is_ours:
            self.release()
        return is_ours

    def release(self):
        """Let another have it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg2.Error):
                connection.close()
