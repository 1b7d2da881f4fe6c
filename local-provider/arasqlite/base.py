"""SQLite for ARA's server: who is going to write waits for their turn before they read.

Django begins a transaction as a reader. Where two of them then want to write, SQLite refuses one at once, however long it was
told to wait, and what a run had to record is lost.
"""

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self):
        self.cursor().execute("BEGIN IMMEDIATE")
