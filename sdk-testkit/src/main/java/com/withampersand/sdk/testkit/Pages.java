package com.withampersand.sdk.testkit;

import java.util.List;
import java.util.stream.Collectors;

/** The pages that a user sees. */
final class Pages {
  private Pages() {}

  static Answer consent(String ticket, String username, List<String> scopes) {
    String items =
        scopes.stream()
            .map(scope -> "<li>" + escape(scope) + "</li>")
            .collect(Collectors.joining());
    return Answer.html(
        200,
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Allow Access?</title>
        <style>body{font:16px sans-serif;max-width:28rem;margin:4rem auto}button{font:inherit;padding:.5rem 1.5rem}</style></head>
        <body><h1>Allow Access?</h1>
        <p>The app asks for these scopes, as <strong>%s</strong>:</p><ul>%s</ul>
        <form method="post" action="%s">
        <input type="hidden" name="ticket" value="%s">
        <button name="decision" value="deny">Deny</button>
        <button name="decision" value="allow">Allow</button>
        </form><p><small>This is a fake Salesforce, for tests.</small></p></body></html>
        """
            .formatted(escape(username), items, AuthorizeEndpoint.CONSENT_PATH, escape(ticket)));
  }

  /** Returns the page that says nothing: what went wrong stands in its address alone. */
  static Answer genericError() {
    return Answer.html(
        200,
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Error</title></head>
        <body><h1>We can't authorize you because of an OAuth error.</h1>
        <p>OAUTH_APPROVAL_ERROR_GENERIC : An unexpected error has occured during authentication. Please try again.</p></body></html>
        """);
  }

  /** Returns what every address shows during maintenance. */
  static Answer maintenance() {
    return Answer.html(
        503,
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>Maintenance</title></head>
        <body><h1>We are down for maintenance.</h1><p>Please try again later.</p></body></html>
        """);
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
