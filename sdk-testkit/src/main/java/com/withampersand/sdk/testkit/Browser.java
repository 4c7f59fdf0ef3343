package com.withampersand.sdk.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Does what a user's browser does, up to the moment of leaving Salesforce. */
final class Browser {
  private static final String COOKIE = "fake-user=";
  private static final Pattern TICKET = Pattern.compile("name=\"ticket\" value=\"(\\w+)\"");

  private final Network network;
  private Optional<HttpClient> loopback = Optional.empty();

  Browser(Network network) {
    this.network = network;
  }

  /** Returns the ID of the user who is logged in. */
  static Optional<String> user(ReceivedRequest request) {
    return request.header("Cookie").stream()
        .flatMap(cookies -> Arrays.stream(cookies.split(";\\s*", -1)))
        .filter(cookie -> cookie.startsWith(COOKIE))
        .map(cookie -> cookie.substring(COOKIE.length()))
        .findFirst();
  }

  /**
   * Decides about a consent.
   *
   * @param isSalesforce tells whether an address leads to where the user logs in
   * @return where the browser is sent
   */
  URI decide(URI authorizationUrl, FakeUser user, Predicate<URI> isSalesforce, String decision) {
    if (!isSalesforce.test(authorizationUrl)) {
      throw new IllegalArgumentException(
          "this authorization URL does not lead to " + user.org().uri() + " nor to " + user.org());
    }
    HttpResponse<String> page = send(authorizationUrl, user, HttpRequest.newBuilder());
    Matcher ticket = TICKET.matcher(page.body());
    if (page.statusCode() == 200 && ticket.find()) {
      String form = "ticket=" + ticket.group(1) + "&decision=" + decision;
      HttpRequest.Builder press =
          HttpRequest.newBuilder()
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(form));
      URI target = authorizationUrl.resolve(AuthorizeEndpoint.CONSENT_PATH);
      return leave(send(target, user, press), isSalesforce);
    }
    return leave(page, isSalesforce);
  }

  private static URI leave(HttpResponse<String> response, Predicate<URI> isSalesforce) {
    Optional<URI> target = response.headers().firstValue("Location").map(URI::create);
    return target
        .filter(isSalesforce.negate())
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Salesforce shows an error in place of a redirect: status "
                        + response.statusCode()
                        + ", "
                        + target.map(URI::toString).orElse(response.body())));
  }

  private HttpResponse<String> send(URI uri, FakeUser user, HttpRequest.Builder request) {
    HttpRequest built =
        request
            .uri(uri)
            .header("Cookie", COOKIE + user.id())
            .timeout(Duration.ofSeconds(30))
            .build();
    try {
      HttpClient client = Addresses.isReal(uri) ? network.client() : loopback();
      return client.send(built, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the browser waited", e);
    }
  }

  private synchronized HttpClient loopback() {
    if (loopback.isEmpty()) {
      loopback =
          Optional.of(
              HttpClient.newBuilder()
                  .version(HttpClient.Version.HTTP_1_1)
                  .connectTimeout(Duration.ofSeconds(10))
                  .build());
    }
    return loopback.get();
  }
}
