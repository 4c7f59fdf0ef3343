package com.withampersand.sdk.examples.web;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * The small pieces that pages are made of. Everything that comes from outside goes through them.
 */
final class Html {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("MMM d, HH:mm:ss 'UTC'", Locale.US).withZone(ZoneOffset.UTC);

  private Html() {}

  /** Makes a text safe inside of an element and of a quoted attribute. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  static String time(Instant instant) {
    return "<time datetime=\"%s\">%s</time>"
        .formatted(instant.truncatedTo(ChronoUnit.SECONDS), TIME.format(instant));
  }

  /** Returns a form of one button. Nothing changes on this server without such a form. */
  static String button(Session session, String action, String label, String kind) {
    return """
    <form method="post" action="%s">%s<button class="%s">%s</button></form>
    """
        .formatted(escape(action), formToken(session), escape(kind), escape(label));
  }

  static String formToken(Session session) {
    return "<input type=\"hidden\" name=\"form_token\" value=\"%s\">"
        .formatted(escape(session.formToken()));
  }

  /** Returns a row of a list of terms. */
  static String row(String term, String html) {
    return "<div><dt>%s</dt><dd>%s</dd></div>%n".formatted(escape(term), html);
  }

  /** Returns a whole page around its main part. */
  static String page(String title, String who, String main) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>%s</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/style.css">
    </head>
    <body>
    <a class="skip" href="#main">Skip to content</a>
    <header><div class="bar"><a class="brand" href="/"><img src="/icon.svg" alt="" width="28" height="28">Example product</a>%s</div></header>
    <main id="main">
    %s
    </main>
    </body>
    </html>
    """
        .formatted(escape(title), who, main);
  }
}
