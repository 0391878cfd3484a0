/*
 * Looks a name up as programs do (getaddrinfo), and prints a line for each address, or the error by its name.
 * Built with musl: what its resolver makes of a pod's resolv.conf is not what glibc's makes of it.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

static const char *name_of(int error)
{
	switch (error) {
	case EAI_NONAME: return "ENOTFOUND";
	case EAI_NODATA: return "ENODATA";
	case EAI_AGAIN: return "EAI_AGAIN";
	case EAI_FAIL: return "EAI_FAIL";
	default: return gai_strerror(error);
	}
}

int main(int argc, char **argv)
{
	struct addrinfo hints, *all, *one;
	char text[INET6_ADDRSTRLEN];
	int error;

	if (argc != 3) return 2;
	memset(&hints, 0, sizeof hints);
	hints.ai_family = argv[1][0] == '6' ? AF_INET6 : AF_INET;
	hints.ai_socktype = SOCK_STREAM;
	error = getaddrinfo(argv[2], 0, &hints, &all);
	if (error) {
		printf("code %s\n", name_of(error));
		return 0;
	}
	for (one = all; one; one = one->ai_next) {
		const void *at = one->ai_family == AF_INET6 ? (const void *)&((struct sockaddr_in6 *)one->ai_addr)->sin6_addr
		                                            : (const void *)&((struct sockaddr_in *)one->ai_addr)->sin_addr;
		printf("address %s\n", inet_ntop(one->ai_family, at, text, sizeof text));
	}
	return 0;
}
