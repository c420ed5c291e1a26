"""What most would write: FastAPI, SQLAlchemy, uvicorn. A validated report of 1 KB, one commit a request, no crypto."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Code = Annotated[str, Field(min_length=1, max_length=40)]


class ReportIn(BaseModel):
    """What a phone would send in the clear."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, Field(min_length=32, max_length=64)]
    supplier: Annotated[str, Field(pattern=r"^sup_[a-z0-9]{26}$")]
    period: Annotated[str, Field(pattern=r"^\d{4}-Q[1-4]$")]
    questionnaire: Code
    version: Annotated[int, Field(ge=1)]
    answers: dict[Code, Code]
    gravest: Annotated[list[Code], Field(max_length=3)]
    text: Annotated[str, Field(max_length=2000)]


class Base(DeclarativeBase):
    pass


class Report(Base):
    __tablename__ = "report"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    token: Mapped[str] = mapped_column(unique=True)
    supplier: Mapped[str]
    period: Mapped[str]
    questionnaire: Mapped[str]
    version: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    gravest: Mapped[list[str]] = mapped_column(JSONB)
    text: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))


engine = create_async_engine(os.environ["PLAIN_URL"], pool_size=10, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as one:
        yield one


app = FastAPI()


@app.post("/reports", status_code=202)
async def receive(report: ReportIn, db: Annotated[AsyncSession, Depends(session)]) -> None:
    db.add(Report(**report.model_dump()))
    await db.commit()
