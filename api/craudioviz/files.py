"""/v1/files: uploads, streamed in and out piece by piece."""

from __future__ import annotations

from msgspec import UNSET

from api.craudioviz.files_types import FilePage, FileView, ListFiles, OpenFile, UploadForm
from api.craudioviz.projects_types import Removed
from api.kit import download
from api.kit.answer import Answer
from api.kit.identity import Principal
from api.kit.operation import operation
from api.kit.request import Request
from api.kit.threads import pool
from pipelines.engine import links
from store.blobs import kinds
from store.blobs import queries as blobs
from store.blobs.links import check
from store.blobs.queries import Blob
from store.kit.clock import rfc3339
from store.kit.errors import Unauthenticated
from store.projects import files, queries
from store.projects.tables import File


class FileUpload:
    """/v1/files/upload."""

    @operation("Upload a file", form=UploadForm, returns=FileView, status=201)
    def on_post(self, caller: Principal, form: UploadForm, upload: Blob) -> FileView:
        head = b"".join(blobs.read(upload.workspace_id, upload.id, end=kinds.HEAD_BYTES))
        kept = files.add(
            upload,
            project_id=form.project_id or None,
            media_type=kinds.media_type_of(head, upload.name),
            plan=caller.plan,
            sandbox=caller.is_test,
        )
        return _view(kept)


class Files:
    """/v1/files."""

    @operation("List files, newest first", query=ListFiles, returns=FilePage)
    def on_get(self, caller: Principal, query: ListFiles) -> FilePage:
        queries.check(caller.workspace_id, query.project_id)
        found = files.page(caller.workspace_id, project_id=query.project_id, limit=query.limit, offset=query.offset)
        total = files.count(caller.workspace_id, project_id=query.project_id)
        return FilePage(files=[_view(one) for one in found], total=total, has_more=query.offset + len(found) < total)


class OneFile:
    """/v1/files/{file_id}."""

    @operation("Get a file's record", returns=FileView)
    def on_get(self, caller: Principal, file_id: str) -> FileView:
        return _view(files.get(caller.workspace_id, file_id))

    @operation("Delete a file", returns=Removed)
    def on_delete(self, caller: Principal, file_id: str) -> Removed:
        files.remove(caller.workspace_id, file_id)
        return Removed(id=file_id)


class FileDownload:
    """/v1/files/{file_id}/download."""

    @operation("Download a file", query=OpenFile, returns=download.File, auth="public", load="link")
    async def on_get(self, caller: Principal | None, file_id: str, query: OpenFile, request: Request) -> Answer:
        """With a key, or with a signed link. Ranges are served."""
        kept, blob = await pool("database").run(_blob, caller, file_id, query)
        return download.answer(request, blob, media_type=kept.type, name=kept.name)


def _blob(caller: Principal | None, file_id: str, query: OpenFile) -> tuple[File, Blob]:
    if query.signature is not None:
        check(links.file_path(file_id), expires=query.expires or 0, signature=query.signature)
        kept = files.get_by_link(file_id)
    elif caller is None or not caller.workspace_id:
        raise Unauthenticated("Send a secret key as `Authorization: Bearer …`, or use a signed link.")
    else:
        kept = files.get(caller.workspace_id, file_id)
    return kept, blobs.get(kept.workspace_id, kept.blob_id)


def _view(kept: File) -> FileView:
    return FileView(
        file_id=kept.id,
        url=links.signed(links.file_path(kept.id)),
        size=kept.size,
        type=kept.type,
        name=kept.name,
        project_id=kept.project_id,
        created_at=rfc3339(kept.created_at),
        sandbox=kept.sandbox or UNSET,
    )
