"""Templates that speak: Jinja's `trans` blocks and gettext calls, in the language of the moment."""

from collections.abc import Callable

from jinja2 import Environment

from app.i18n.catalogues import Texts


def speak(environment: Environment, texts: Callable[[], Texts]) -> None:
    """Give an environment's templates `trans`, `gettext`, `ngettext`, `pgettext`, `npgettext`.

    Line breaks and indentation inside a `trans` block are one space. Values are filled in by name
    and are escaped; the texts themselves are markup. `texts` is asked at each text.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext=lambda message: texts().gettext(message),
        ngettext=lambda one, many, number: texts().ngettext(one, many, number),
        pgettext=lambda context, message: texts().pgettext(context, message),
        npgettext=lambda context, one, many, number: texts().npgettext(context, one, many, number),
        newstyle=True,
    )
