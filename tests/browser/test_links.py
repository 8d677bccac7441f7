"""The link holds the view: pages, reload, another tab, back and forward."""

from playwright.sync_api import expect

from browser.app_page import AppPage

PROMPT = "The cat sat on the mat. The cat"


def test_the_selection_survives_a_change_of_page(tab: AppPage) -> None:
    tab.select(5)
    before = tab.sentence.inner_text()
    tab.open_page("Attention")
    expect(tab.page.locator("#attention-reading-a")).to_contain_text("token 5 ")
    expect(tab.sentence).to_have_text(before)
    assert "sel=a.5." in tab.page.url


def test_both_pages_keep_the_text(tab: AppPage) -> None:
    before = tab.ids()
    tab.open_page("Attention")
    expect(tab.page).to_have_title("Attention - gpt2dash")
    tab.open_page("Generation")
    expect(tab.candidates().first).to_be_visible()
    assert tab.ids() == before


def test_a_reload_shows_the_same(app: AppPage) -> None:
    app.open()
    app.run(PROMPT, max_new_tokens=6, seed=9, temperature=1.5)
    app.select(4)
    before = app.view()
    app.page.reload()
    app.settled("a")
    after = app.view()
    assert after["selection"] == before["selection"]
    assert after["sides"]["a"]["tokens"] == before["sides"]["a"]["tokens"]
    expect(app.page.locator("#generation-settings-a")).to_contain_text("temperature 1.5")


def test_a_link_opens_in_another_tab_with_both_sides(app: AppPage) -> None:
    app.open("/attention")
    app.run(PROMPT, max_new_tokens=4, seed=1)
    app.add_b()
    app.run("the the the", "b", max_new_tokens=5, seed=2)
    app.select(3, "b")
    before, link = app.view(), app.page.url
    app.page.goto("about:blank")
    app.page.goto(link)
    app.settled("a")
    app.settled("b")
    after = app.view()
    assert after["selection"] == before["selection"]
    assert [after["sides"][s]["tokens"] for s in "ab"] == [before["sides"][s]["tokens"] for s in "ab"]


def test_a_link_keeps_the_settings_of_each_side(app: AppPage) -> None:
    app.open()
    app.run(PROMPT, max_new_tokens=4, seed=1)
    app.add_b()
    app.run("the the the", "b", max_new_tokens=5, seed=2)
    app.page.reload()
    app.settled("a")
    app.settled("b")
    expect(app.page.locator("#generation-settings-a")).to_contain_text("seed 1,")
    expect(app.page.locator("#generation-settings-b")).to_contain_text("seed 2,")


def test_back_and_forward_walk_the_selections(app: AppPage) -> None:
    app.open()
    for pos in (2, 4, 6):
        app.select(pos)
    app.page.go_back()
    expect(app.sentence).to_contain_text("token 4 ")
    app.page.go_back()
    expect(app.sentence).to_contain_text("token 2 ")
    app.page.go_forward()
    expect(app.sentence).to_contain_text("token 4 ")
    expect(app.page.locator("#generation-panel-a .reading")).to_contain_text("Token 4 ")


def test_back_returns_to_the_page_before(app: AppPage) -> None:
    app.open()
    app.select(3)
    app.open_page("Attention")
    expect(app.page.locator("#attention-reading-a")).to_contain_text("token 3 ")
    app.page.go_back()
    expect(app.page.locator("#generation-panel-a .reading")).to_contain_text("Token 3 ")
    assert "#a=" in app.page.url


def test_a_prompt_never_reaches_the_server_s_address_line(app: AppPage) -> None:
    seen: list[str] = []
    app.page.on("request", lambda request: seen.append(request.url))
    app.open(fragment="a=confidential")
    assert not any("confidential" in url.partition("#")[0] for url in seen)
