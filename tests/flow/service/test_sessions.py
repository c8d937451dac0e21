"""Sessions of browsers: begun by a token, ended by time, by their person, or with the token."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fake_service import OPERATOR, WorldClock, default_workspace, make_service

from apprenti.domain.errors import TokenError
from apprenti.domain.service import Role
from apprenti.flow.service import access
from apprenti.flow.service.service import Service
from apprenti.flow.service.sessions import (
    UNUSED_US,
    begin_session,
    caller_of_session,
    end_session,
    form_word,
    is_form_word,
)


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return make_service(tmp_path)


@pytest.fixture
def token(service: Service) -> access.NewToken:
    return access.create_token(service, OPERATOR, default_workspace(service), name="x", role=Role.EDITOR)


def later(service: Service, us: int) -> None:
    assert isinstance(service.now_us, WorldClock)
    service.now_us.now += us


def test_a_session_allows_what_its_token_does(service: Service, token: access.NewToken) -> None:
    caller = caller_of_session(service, begin_session(service, token.secret))
    assert (caller.role, caller.workspace_id) == (Role.EDITOR, default_workspace(service))
    assert caller.token_id == token.token.id


def test_a_session_nobody_uses_ends_and_one_in_use_does_not(service: Service, token: access.NewToken) -> None:
    idle, used = begin_session(service, token.secret), begin_session(service, token.secret)
    for _ in range(3):
        later(service, UNUSED_US // 2)
        caller_of_session(service, used)
    with pytest.raises(TokenError):
        caller_of_session(service, idle)


def test_a_session_ends_with_its_token_and_when_it_is_told_to(
    service: Service, token: access.NewToken
) -> None:
    first, second = begin_session(service, token.secret), begin_session(service, token.secret)
    end_session(service, first)
    end_session(service, first)
    with pytest.raises(TokenError):
        caller_of_session(service, first)
    access.revoke_token(service, OPERATOR, default_workspace(service), token.token.id)
    with pytest.raises(TokenError):
        caller_of_session(service, second)


def test_neither_secret_does_the_others_work(service: Service, token: access.NewToken) -> None:
    cookie = begin_session(service, token.secret)
    with pytest.raises(TokenError):
        access.caller_of(service, cookie)
    with pytest.raises(TokenError):
        caller_of_session(service, token.secret)
    with pytest.raises(TokenError):
        begin_session(service, cookie)


def test_the_word_of_a_form_is_its_sessions_own() -> None:
    assert is_form_word("a", form_word("a"))
    assert not is_form_word("b", form_word("a"))
    assert not is_form_word("a", "é")
