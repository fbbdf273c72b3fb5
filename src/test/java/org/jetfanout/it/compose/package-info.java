/** docker-compose.yml and what it builds and mounts, without Docker. */
package org.jetfanout.it.compose;
