package com.withampersand.sdk.examples.spring;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.spring.SalesforceConnect;
import com.withampersand.sdk.spring.SalesforceInterceptor;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.TokenProvider;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** Connects customers, calls their orgs, shows its health, and keeps unused grants alive. */
// region application
@SpringBootApplication
@RestController
public class CrmApplication implements SalesforceConnect {
  private final RestClient salesforce;
  private final TokenProvider tokens;

  CrmApplication(@Qualifier("salesforceRestClient") RestClient salesforce, TokenProvider tokens) {
    this.salesforce = salesforce;
    this.tokens = tokens;
  }

  public static void main(String[] args) {
    SpringApplication.run(CrmApplication.class, args);
  }

  @Override
  public Optional<ConnectionKey> connection(HttpServletRequest request) {
    // Yours takes the customer from who is signed in.
    return Optional.ofNullable(request.getParameter("customer")).map(CrmApplication::key);
  }

  private static ConnectionKey key(String customer) {
    return new ConnectionKey("salesforce", customer, "admin");
  }

  @GetMapping("/limits")
  ResponseEntity<String> limits(@RequestParam String customer) {
    var org = SalesforceInterceptor.customer(key(customer));
    var limits = salesforce.get().uri("/services/data/v65.0/limits").attributes(org);
    return ResponseEntity.ofNullable(limits.retrieve().body(String.class));
  }

  @GetMapping("/status")
  GrantStatus.Kind status(@RequestParam String customer) {
    return tokens.status(key(customer)).kind();
  }
}
// endregion
