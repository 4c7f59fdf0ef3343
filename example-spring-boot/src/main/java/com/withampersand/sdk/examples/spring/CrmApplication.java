package com.withampersand.sdk.examples.spring;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.spring.SalesforceConnect;
import com.withampersand.sdk.spring.SalesforceInterceptor;
import com.withampersand.sdk.token.GrantStatus;
import com.withampersand.sdk.token.TokenProvider;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** Connects customers to Salesforce, calls their orgs, and shows how their grants are. */
@SpringBootApplication
public class CrmApplication {
  // region main
  public static void main(String[] args) {
    SpringApplication.run(CrmApplication.class, args);
  }

  // endregion

  // region connect
  /** Who is signed in tells whose Salesforce a browser connects; here a parameter stands for it. */
  @Bean
  SalesforceConnect salesforceConnect() {
    return request ->
        Optional.ofNullable(request.getParameter("customer")).map(CrmApplication::key);
  }

  // endregion

  static ConnectionKey key(String customer) {
    return new ConnectionKey("salesforce", customer, "admin");
  }

  // region call
  @RestController
  static class Crm {
    private final RestClient salesforce;
    private final TokenProvider tokens;

    Crm(@Qualifier("salesforceRestClient") RestClient salesforce, TokenProvider tokens) {
      this.salesforce = salesforce;
      this.tokens = tokens;
    }

    @GetMapping("/limits")
    Optional<String> limits(@RequestParam String customer) {
      return Optional.ofNullable(
          salesforce
              .get()
              .uri("/services/data/v65.0/limits")
              .attributes(SalesforceInterceptor.customer(key(customer)))
              .retrieve()
              .body(String.class));
    }

    @GetMapping("/status")
    GrantStatus.Kind status(@RequestParam String customer) {
      return tokens.status(key(customer)).kind();
    }
  }
  // endregion
}
