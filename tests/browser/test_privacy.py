"""Nothing that is typed leaves the machine. (Every test of this folder fails on a request to elsewhere.)"""

from playwright.sync_api import expect

from browser.app_page import AppPage


def _mode_bar(app: AppPage, graph: str) -> list[str]:
    app.page.locator(f"#{graph} .nsewdrag").first.hover()
    buttons = app.page.locator(f"#{graph} .modebar-btn")
    expect(buttons.first).to_be_attached()
    titles: list[str] = buttons.evaluate_all("(all) => all.map((one) => one.dataset.title || one.title)")
    return titles


def test_no_graph_offers_to_share_itself(app: AppPage) -> None:
    app.open()
    titles = _mode_bar(app, "generation-curve-a")
    app.open_page("Attention")
    titles += _mode_bar(app, "attention-heatmap-a")
    assert [
        t for t in titles if any(word in t.lower() for word in ("share", "cloud", "studio", "plotly"))
    ] == []
    assert any("png" in title.lower() for title in titles)


def test_nothing_but_the_theme_is_kept_in_the_browser(app: AppPage) -> None:
    app.open()
    app.page.locator("#theme-toggle").click()
    kept = app.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert kept == ["gpt2dash-theme"]
    assert app.page.context.cookies() == []
