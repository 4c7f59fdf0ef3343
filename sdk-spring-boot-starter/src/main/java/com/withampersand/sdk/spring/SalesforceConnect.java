package com.withampersand.sdk.spring;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.oauth.AuthorizationOptions;
import com.withampersand.sdk.oauth.AuthorizationResult;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Tells the routes that connect customers what only the application knows: make it a bean. The
 * routes are there if {@code ampersand.connect.enabled} is true.
 *
 * <pre>{@code
 * @Bean
 * SalesforceConnect salesforceConnect() {
 *   return request ->
 *       Optional.ofNullable(request.getUserPrincipal())
 *           .map(user -> new ConnectionKey("salesforce", companyOf(user), user.getName()));
 * }
 * }</pre>
 *
 * <p>Implementations are called by many threads.
 */
@FunctionalInterface
public interface SalesforceConnect {
  /**
   * Returns the connection that the sender of a request may make: by who is signed in, never by a
   * parameter of the request alone. Empty refuses with 403.
   */
  Optional<ConnectionKey> connection(HttpServletRequest request);

  /**
   * Adds to what is asked for; the default adds nothing. A customer who connects again may have to
   * come back with the same org: see {@link AuthorizationOptions.Builder#expectOrg}. What it throws
   * is answered with 500.
   */
  default void options(ConnectionKey connection, AuthorizationOptions.Builder options) {}

  /**
   * Hears how an attempt ended, after the tokens were stored and before the browser is answered;
   * the default does nothing. What it throws is answered with 500.
   */
  default void completed(ConnectionKey connection, AuthorizationResult result) {}
}
