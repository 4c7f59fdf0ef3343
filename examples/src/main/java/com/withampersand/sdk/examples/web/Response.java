package com.withampersand.sdk.examples.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What a browser is answered. All of it is text. */
record Response(int status, Map<String, String> headers, List<String> cookies, String body) {

  /** Returns a page. What it shows is up to date at this moment only, so no one may keep it. */
  static Response page(int status, String html) {
    return new Response(
        status,
        Map.of("Content-Type", "text/html; charset=utf-8", "Cache-Control", "no-store"),
        List.of(),
        html);
  }

  /** Sends the browser to another page with a GET, so that a reload repeats nothing. */
  static Response seeOther(String location) {
    return new Response(
        303, Map.of("Location", location, "Cache-Control", "no-store"), List.of(), "");
  }

  /** Returns a file that looks the same to everyone. */
  static Response file(String contentType, String body) {
    return new Response(
        200, Map.of("Content-Type", contentType, "Cache-Control", "no-cache"), List.of(), body);
  }

  Response withHeaders(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Response(status, all, cookies, body);
  }

  Response withCookie(String cookie) {
    return new Response(
        status, headers, Stream.concat(cookies.stream(), Stream.of(cookie)).toList(), body);
  }
}
