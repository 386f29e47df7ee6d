"""Which answerer a model's name stands for."""

from rag.answering.claims import Answerer
from rag.answering.extractive import ExtractiveAnswerer, idf
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.indexes import Indexes
from rag.settings import Settings


def build_answerer(spec: str, settings: Settings, embedder: Embedder, indexes: Indexes, catalog: Catalog) -> Answerer:
    """`extractive`, `provider:model` or `local:PATH.gguf`. Raises ConfigurationError."""
    if spec == ExtractiveAnswerer.name:
        return ExtractiveAnswerer(
            embedder,
            lambda term: idf(indexes.document_frequency(term), catalog.counts()[1]),
            settings.library / "model",
        )
    # LangChain and a provider's client take a second and more to import, which the default does not pay.
    from rag.answering.generative import GenerativeAnswerer
    from rag.models import build_chat_model

    return GenerativeAnswerer(spec, build_chat_model(spec, settings), settings)
