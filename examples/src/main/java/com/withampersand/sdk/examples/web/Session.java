package com.withampersand.sdk.examples.web;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.BrowserBinding;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * One browser, which here is one customer. A product knows its customers by their sign-in instead.
 *
 * <p>Safe to share between threads, as tabs share it.
 */
final class Session {
  private static final int NOTICES = 12;

  private final String customer;
  private final String formToken;
  private final BrowserBinding browser = BrowserBinding.random();
  private final Deque<Entry> notices = new ArrayDeque<>();
  private String typed = "";

  Session(String customer, String formToken) {
    this.customer = customer;
    this.formToken = formToken;
  }

  /** A notice, and when it came. */
  record Entry(Instant at, Notice notice) {}

  String customer() {
    return customer;
  }

  /** Returns the name of the customer's grant. */
  ConnectionKey key() {
    return Connections.key(customer);
  }

  /** Returns what each form carries, so that no other site can send one. */
  String formToken() {
    return formToken;
  }

  boolean hasFormToken(String token) {
    return MessageDigest.isEqual(bytes(formToken), bytes(token));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  BrowserBinding browser() {
    return browser;
  }

  synchronized void add(Instant at, Notice notice) {
    notices.addFirst(new Entry(at, notice));
    if (notices.size() > NOTICES) {
      notices.removeLast();
    }
  }

  /** Returns what happened last, the newest first. */
  synchronized List<Entry> notices() {
    return List.copyOf(notices);
  }

  /** Remembers what was typed as the host, so that it can be corrected. */
  synchronized void typed(String host) {
    this.typed = host;
  }

  synchronized String typed() {
    return typed;
  }
}
