"""The rooms of the service's page: entering, data, training, models, tokens; each file the routes of one."""

from apprenti.web.rooms.house import Rooms, make_rooms

__all__ = ["Rooms", "make_rooms"]
