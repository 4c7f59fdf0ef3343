package com.withampersand.sdk.spring;

import com.withampersand.sdk.Actor;
import com.withampersand.sdk.AmpersandException;
import com.withampersand.sdk.OAuthException;
import com.withampersand.sdk.oauth.AuthorizationResult;
import com.withampersand.sdk.oauth.AuthorizationResult.Connected;
import com.withampersand.sdk.oauth.AuthorizationResult.Declined;
import com.withampersand.sdk.oauth.AuthorizationResult.Failed;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * What a browser is shown. The address of a callback holds a code, so no answer to it tells other
 * sites where the browser comes from, or is kept.
 */
record ConnectPage(@Nullable URI landing) {
  static final String PENDING = "pending";

  private static final MediaType TEXT = new MediaType("text", "plain", StandardCharsets.UTF_8);

  static ServerResponse redirect(URI address, HttpHeaders headers) {
    return answer(HttpStatus.SEE_OTHER)
        .headers(all -> all.addAll(headers))
        .location(address)
        .build();
  }

  static ServerResponse text(HttpStatus status, String text) {
    return answer(status)
        .header("X-Content-Type-Options", "nosniff")
        .header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        .contentType(TEXT)
        .body(text);
  }

  private static ServerResponse.BodyBuilder answer(HttpStatus status) {
    return ServerResponse.status(status)
        .header("Referrer-Policy", "no-referrer")
        .header(HttpHeaders.CACHE_CONTROL, "no-store");
  }

  ServerResponse of(AuthorizationResult result) {
    if (landing != null) {
      return land(landing, outcome(result));
    }
    if (result instanceof Connected) {
      return text(HttpStatus.OK, "Salesforce is connected.");
    }
    return result instanceof Failed failed
        ? failed(failed.error())
        : text(HttpStatus.OK, "Salesforce is not connected, since access was declined.");
  }

  /** Tokens wait in memory, since the store did not take them. */
  ServerResponse pending() {
    return landing == null
        ? text(
            HttpStatus.SERVICE_UNAVAILABLE,
            "Salesforce is connected, but that is not stored yet. Look again in a minute, and connect again if it is not shown.")
        : land(landing, PENDING);
  }

  private static ServerResponse land(URI landing, String outcome) {
    URI page =
        UriComponentsBuilder.fromUri(landing).queryParam("salesforce", outcome).build(true).toUri();
    return redirect(page, new HttpHeaders());
  }

  static String outcome(AuthorizationResult result) {
    if (result instanceof Connected) {
      return "connected";
    }
    return result instanceof Declined ? "declined" : "failed";
  }

  static ServerResponse failed(AmpersandException error) {
    if (error.isRetryable()) {
      return text(
          HttpStatus.SERVICE_UNAVAILABLE,
          "Salesforce is not connected yet. Reload this page in a minute.");
    }
    return text(HttpStatus.BAD_REQUEST, "Salesforce is not connected. " + remedy(error));
  }

  /** What is for developers is in the log. */
  private static String remedy(AmpersandException error) {
    if (error instanceof OAuthException refused
        && (refused.actor() == Actor.END_USER || refused.actor() == Actor.PROVIDER_ADMIN)) {
      return refused.remedy();
    }
    return "Start again.";
  }
}
