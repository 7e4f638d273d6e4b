"""/api/v1/workspaces/{workspace_id}/collections: make, list, see, change, delete; and the search in them."""

from __future__ import annotations

import msgspec
from msgspec import UNSET

from api.insydr.knowledge_types import (
    ChangeCollection,
    CollectionList,
    CollectionView,
    CreateCollection,
    SearchDocuments,
    SearchResults,
    collection_view,
)
from api.insydr.workspace_types import Message
from api.kit import ask
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.surface import INSYDR
from api.kit.threads import pool
from pipelines.engine.submit import Submission
from pipelines.knowledge.pipeline import SEARCH, SEARCH_WITHIN
from store.kit import structs
from store.knowledge import collections


class Collections:
    """/api/v1/workspaces/{workspace_id}/collections."""

    @operation("Make a collection", body=CreateCollection, returns=CollectionView, status=201)
    def on_post(self, workspace_id: str, body: CreateCollection) -> CollectionView:
        return collection_view(collections.create(workspace_id, name=body.name, description=body.description))

    @operation("List collections", returns=CollectionList)
    def on_get(self, workspace_id: str) -> CollectionList:
        """Oldest first; a workspace has at most 1,000."""
        found = [collection_view(one) for one in collections.page(workspace_id)]
        return CollectionList(collections=found, total=len(found))


class OneCollection:
    """/api/v1/workspaces/{workspace_id}/collections/{collection_id}."""

    @operation("See a collection", returns=CollectionView)
    def on_get(self, workspace_id: str, collection_id: str) -> CollectionView:
        return collection_view(collections.get(workspace_id, collection_id))

    @operation("Change a collection", body=ChangeCollection, returns=CollectionView)
    def on_patch(self, workspace_id: str, collection_id: str, body: ChangeCollection) -> CollectionView:
        return collection_view(
            collections.change(
                workspace_id,
                collection_id,
                name=None if body.name is UNSET else body.name,
                description=None if body.description is UNSET else body.description,
            )
        )

    @operation("Delete an empty collection", returns=Message)
    def on_delete(self, workspace_id: str, collection_id: str) -> Message:
        """409 while it has documents."""
        collections.remove(workspace_id, collection_id)
        return Message(message="Collection deleted successfully")


class Search:
    """/api/v1/workspaces/{workspace_id}/search."""

    @operation("Search in documents", body=SearchDocuments, returns=SearchResults)
    async def on_post(self, caller: Principal, workspace_id: str, body: SearchDocuments) -> SearchResults:
        """By meaning and by words, best first. 503 that names the job when it takes too long."""
        if body.collection_ids is not None:
            await pool("database").run(collections.check, workspace_id, body.collection_ids)
        result = await ask.answer(
            Submission(
                workspace_id=workspace_id,
                pipeline=SEARCH.name,
                input=msgspec.to_builtins(body),
                surface=INSYDR.name,
                created_by=caller.user_id or caller.key_id,
            ),
            within=SEARCH_WITHIN,
        )
        return structs.convert(result, SearchResults)
