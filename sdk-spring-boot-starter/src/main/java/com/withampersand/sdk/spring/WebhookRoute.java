package com.withampersand.sdk.spring;

import com.withampersand.sdk.WebhookException;
import com.withampersand.sdk.webhook.AmpersandEvent;
import com.withampersand.sdk.webhook.WebhookVerifier;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Receives Ampersand's webhooks and publishes each as an event of the application. Where a listener
 * throws, Ampersand delivers again.
 */
record WebhookRoute(WebhookVerifier verifier, ApplicationEventPublisher events) {
  private static final Logger log = LoggerFactory.getLogger(WebhookRoute.class);

  ServerResponse receive(ServerRequest request) throws IOException {
    HttpServletRequest servlet = request.servletRequest();
    AmpersandEvent event;
    try {
      byte[] body = WebhookVerifier.read(servlet.getInputStream());
      event = verifier.verify(body, name -> Collections.list(servlet.getHeaders(name)));
    } catch (WebhookException e) {
      log.warn("A webhook was refused: {}", e.getMessage());
      return ServerResponse.status(e.httpStatus()).build();
    }
    events.publishEvent(event);
    return ServerResponse.noContent().build();
  }
}
