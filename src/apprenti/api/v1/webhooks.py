"""Routes of webhooks: addresses that are told what happens."""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import JSONResponse

from apprenti.api.v1.asking import Asks, Cursor, Id, Limit, Posts, done, made, nouns
from apprenti.api.v1.schemas import Listed
from apprenti.api.v1.schemas_monitoring import DeliveryView, MadeWebhook, NewWebhook, WebhookView
from apprenti.flow.service import webhooks
from apprenti.flow.service.repeats import Answer
from apprenti.flow.service.service import Service

ROUTER = nouns("webhooks")


@ROUTER.get("/webhooks")
def list_webhooks(asks: Asks, cursor: Cursor = None, limit: Limit = 50) -> Listed[WebhookView]:
    """List the webhooks of the workspace, without their secrets; owners only."""
    page = webhooks.list_webhooks(*asks.who, cursor=cursor, limit=limit)
    return Listed(items=[WebhookView.of(one) for one in page.items], next_cursor=page.next_cursor)


@ROUTER.post("/webhooks", status_code=201, response_model=MadeWebhook)
def create_webhook(posts: Posts, body: NewWebhook) -> JSONResponse:
    """Let an address be told of events; only where whoever runs the service allows its host. Owners only."""

    def make(service: Service) -> Answer:
        new = webhooks.create_webhook(*posts.of(service), url=body.url, events=body.events)
        return made(MadeWebhook.with_secret(new.webhook, new.secret), secrets=("secret",))

    return posts.once(make, body)


@ROUTER.delete("/webhooks/{webhook_id}", status_code=204)
def delete_webhook(asks: Asks, webhook_id: Id) -> Response:
    """Tell an address nothing any more; owners only."""
    webhooks.delete_webhook(*asks.who, webhook_id)
    return Response(status_code=204)


@ROUTER.post("/webhooks/{webhook_id}/test", response_model=DeliveryView)
def test_webhook(posts: Posts, webhook_id: Id) -> JSONResponse:
    """Send a message that tells nothing, once and now, and say what came of it; owners only."""
    return posts.once_long(
        lambda service: done(DeliveryView.of(webhooks.test_webhook(*posts.of(service), webhook_id)))
    )


test_webhook.__test__ = False  # type: ignore[attr-defined]  # it is no test, whatever its name begins with


@ROUTER.get("/webhooks/{webhook_id}/deliveries")
def list_deliveries(
    asks: Asks, webhook_id: Id, cursor: Cursor = None, limit: Limit = 50
) -> Listed[DeliveryView]:
    """List what a webhook was told, or still has to be, newest first; owners only."""
    page = webhooks.list_deliveries(*asks.who, webhook_id, cursor=cursor, limit=limit)
    return Listed(items=[DeliveryView.of(one) for one in page.items], next_cursor=page.next_cursor)
