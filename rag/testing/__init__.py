"""Support for tests that ships with Dossier: a scripted chat model and a provider's server on the loopback address."""
