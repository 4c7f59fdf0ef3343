package com.withampersand.sdk.examples.clients;

import com.withampersand.sdk.ConnectionKey;
import com.withampersand.sdk.salesforce.SalesforceHttp;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

// region camel
/**
 * Makes a call at the org of the customer in the exchange's property {@code customer}, for {@code
 * from(…).process(…)}: the property {@code path} says what is called, and the response becomes the
 * body. Set them in the route. Headers would be those that a caller sent, if the route begins with
 * HTTP.
 */
record CamelTokens(SalesforceHttp salesforce) implements Processor {
  @Override
  public void process(Exchange exchange) throws Exception {
    ConnectionKey customer = exchange.getProperty("customer", ConnectionKey.class);
    String path = exchange.getProperty("path", String.class);
    HttpResponse<String> response =
        salesforce.at(customer).send(path, HttpRequest.Builder::GET); // refreshes if it has to
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, response.statusCode());
    exchange.getMessage().setBody(response.body());
  }
}
// endregion
