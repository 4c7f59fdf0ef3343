/** The SDK in a Spring Boot application: beans, properties, routes, health and metrics. */
@NullMarked
package com.withampersand.sdk.spring;

import org.jspecify.annotations.NullMarked;
