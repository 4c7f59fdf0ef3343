package com.withampersand.sdk.spring;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.Secret;
import com.withampersand.sdk.oauth.ProviderText;
import com.withampersand.sdk.oauth.TokenSet;
import com.withampersand.sdk.salesforce.LoginHost;
import com.withampersand.sdk.salesforce.SalesforceTokens;
import com.withampersand.sdk.token.RefusalTest;
import com.withampersand.sdk.token.TokenProvider;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.support.HttpRequestWrapper;

/**
 * Sends the calls of a {@code RestClient} to customers' orgs with fresh tokens. A call names its
 * customer and a path; it goes to the org's own instance and nowhere else. If Salesforce refuses
 * the access token, it is refreshed once and the call is repeated once; any other refusal is
 * returned as it is.
 *
 * <pre>{@code
 * String limits =
 *     salesforce
 *         .get()
 *         .uri("/services/data/v65.0/limits")
 *         .attributes(SalesforceInterceptor.customer(key))
 *         .retrieve()
 *         .body(String.class);
 * }</pre>
 *
 * <p>The starter's bean {@code salesforceRestClient} has it. A client of yours that follows
 * redirects would carry access tokens to another host: build it over one that does not.
 *
 * <p>Immutable, and safe to share between threads.
 */
public final class SalesforceInterceptor implements ClientHttpRequestInterceptor {
  private static final String CUSTOMER = SalesforceInterceptor.class.getName() + ".customer";

  private final TokenProvider tokens;
  private final LoginHost[] named;

  private SalesforceInterceptor(TokenProvider tokens, LoginHost[] named) {
    this.tokens = Objects.requireNonNull(tokens, "tokens");
    this.named = named.clone();
  }

  /**
   * Returns an interceptor.
   *
   * @param tokens grants of your own, or connections that Ampersand keeps
   * @param named hosts that are not Salesforce's and may receive access tokens where they are the
   *     instance
   */
  public static SalesforceInterceptor of(TokenProvider tokens, LoginHost... named) {
    return new SalesforceInterceptor(tokens, named);
  }

  /** Returns what names the customer of a call, for {@code RestClient}'s {@code attributes}. */
  public static Consumer<Map<String, Object>> customer(ConnectionKey key) {
    Objects.requireNonNull(key, "key");
    return attributes -> attributes.put(CUSTOMER, key);
  }

  /**
   * {@inheritDoc}
   *
   * @throws com.withampersand.sdk.AmpersandException as {@link TokenProvider#get} does
   * @throws IllegalArgumentException if the call names no customer, or an address in place of a
   *     path
   */
  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    if (!(request.getAttributes().get(CUSTOMER) instanceof ConnectionKey key)) {
      throw new IllegalArgumentException(
          "the call names no customer; add .attributes(SalesforceInterceptor.customer(key))");
    }
    requirePath(request.getURI());
    return tokens.call(
        key,
        fresh -> answer(execution, new OrgRequest(request, fresh), body, fresh.accessToken()),
        RefusalTest.ofResult(JudgedResponse::isGivenUp));
  }

  /** A server can send back what it was sent, and the client quotes a broken response. */
  private static JudgedResponse answer(
      ClientHttpRequestExecution execution, HttpRequest request, byte[] body, Secret accessToken)
      throws IOException {
    try {
      return JudgedResponse.of(execution.execute(request, body));
    } catch (IOException e) {
      throw ProviderText.redacted(e, accessToken);
    } catch (RuntimeException e) {
      // The JDK's client throws one if a length is no number, and quotes it.
      IOException safe = ProviderText.redacted(new IOException(e), accessToken);
      if (safe.getCause() == null) {
        throw safe;
      }
      throw e;
    }
  }

  private static void requirePath(URI address) {
    if (address.isAbsolute()
        || address.getRawAuthority() != null
        || !String.valueOf(address.getRawPath()).startsWith("/")) {
      throw new IllegalArgumentException(
          "the address of a call must be a path that begins with one slash, such as /services/data/v65.0/limits");
    }
  }

  /** A request with the address and the token of one org. The caller's own stays as it was. */
  private final class OrgRequest extends HttpRequestWrapper {
    private final URI address;
    private final HttpHeaders headers = new HttpHeaders();

    OrgRequest(HttpRequest request, TokenSet fresh) {
      super(request);
      this.address = URI.create(instance(fresh).toString() + request.getURI());
      headers.addAll(request.getHeaders());
      headers.setBearerAuth(fresh.accessToken().reveal());
    }

    @Override
    public URI getURI() {
      return address;
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }
  }

  private URI instance(TokenSet fresh) {
    return SalesforceTokens.of(fresh, named)
        .instanceUrl()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Salesforce has not said where the org of this grant is"));
  }
}
