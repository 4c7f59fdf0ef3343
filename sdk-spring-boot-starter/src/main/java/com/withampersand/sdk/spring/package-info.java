/**
 * The SDK in a Spring Boot application: beans, properties, routes, health and metrics.
 *
 * <p>{@link com.withampersand.sdk.spring.AmpersandProperties} is all that can be set, below {@code
 * ampersand}. From it, {@link com.withampersand.sdk.spring.AmpersandAutoConfiguration} makes the
 * app, the flow, the store on the application's {@code DataSource} and the {@link
 * com.withampersand.sdk.token.refresh.FreshTokens}; each bean gives way to one of the application's
 * own. The other auto-configurations add to it what the class path allows: {@link
 * com.withampersand.sdk.spring.AmpersandWebAutoConfiguration} the routes of consent and webhooks,
 * {@link com.withampersand.sdk.spring.AmpersandHealthAutoConfiguration} the health, {@link
 * com.withampersand.sdk.spring.AmpersandMetricsAutoConfiguration} the metrics. {@link
 * com.withampersand.sdk.spring.AmpersandSecretsAutoConfiguration} hides secrets in the actuator.
 *
 * <p>An application implements {@link com.withampersand.sdk.spring.SalesforceConnect} to say which
 * customer a request may connect, and calls orgs with the bean {@code salesforceRestClient}, whose
 * {@link com.withampersand.sdk.spring.SalesforceInterceptor} adds the tokens.
 */
@NullMarked
package com.withampersand.sdk.spring;

import org.jspecify.annotations.NullMarked;
