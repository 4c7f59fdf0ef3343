package com.withampersand.sdk.examples.web;

/**
 * A page that says in one sentence why a request was not carried out, and leads back.
 *
 * @param link the text of the link
 * @param target where it leads; empty for the same address once more
 */
record ErrorPage(String title, String sentence, String link, String target) {

  static ErrorPage of(WebError error) {
    return new ErrorPage(error.title(), error.sentence(), "Go to your connection", "/");
  }

  String html() {
    return Html.page(
        title,
        "",
        """
        <section class="card narrow">
        <h1>%s</h1>
        <p class="lead">%s</p>
        <p><a class="button primary" href="%s">%s</a></p>
        </section>
        """
            .formatted(
                Html.escape(title), Html.escape(sentence), Html.escape(target), Html.escape(link)));
  }
}
