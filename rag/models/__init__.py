"""Language models behind one interface, LangChain's chat model, and their errors in Dossier's words."""

from rag.models.chat_models import build_chat_model, context_window, stream_with_retries, takes_grammar

__all__ = ["build_chat_model", "context_window", "stream_with_retries", "takes_grammar"]
