"""Asks a service for everything it does, in typed Python: ``apprenti.Client``."""

from __future__ import annotations

from apprenti.client.client import Client as Client
