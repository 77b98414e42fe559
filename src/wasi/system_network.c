/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 * Rules of the network, and names. */
#include "wasi/system_network.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include "base/limits.h"
#include "base/memory.h"

typedef enum rule_kind {
    RULE_ANY, /* every host */
    RULE_ADDRESS,
    RULE_NAME,
    RULE_BELOW /* names that end in ".name" */
} rule_kind;

typedef struct wasi_net_rule {
    rule_kind kind;
    bool everything; /* listen too */
    bool listen;     /* and nothing else */
    bool any_port;
    uint16_t port;
    wasi_address address; /* ADDRESS */
    unsigned bits;        /* of it that count */
    char *name;           /* NAME, BELOW */
} wasi_net_rule;

typedef struct wasi_net_grant {
    wasi_address address; /* port 0 */
    bool any_port;
    uint16_t port;
} wasi_net_grant;

void wasi_network_init(wasi_network *self)
{
    *self = (wasi_network){0};
    pthread_mutex_init(&self->lock, NULL);
}

void wasi_network_release(wasi_network *self)
{
    for (size_t i = 0; i < self->count; i++)
        mem_free(self->rules[i].name);
    mem_free(self->rules);
    mem_free(self->grants);
    pthread_mutex_destroy(&self->lock);
}

bool wasi_network_enabled(const wasi_network *self)
{
    return self->count != 0;
}

/* ---- Addresses ---- */

static size_t address_size(const wasi_address *self)
{
    return self->v6 ? 16 : 4;
}

static bool all_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

bool wasi_address_is_unspecified(const wasi_address *self)
{
    return all_zero(self->bytes, address_size(self));
}

static bool is_loopback(const wasi_address *self)
{
    return self->v6 ? all_zero(self->bytes, 15) && self->bytes[15] == 1
                    : self->bytes[0] == 127;
}

bool wasi_address_is_mapped(const wasi_address *self)
{
    if (!self->v6 || !all_zero(self->bytes, 10))
        return false;
    bool mapped = self->bytes[10] == 0xff && self->bytes[11] == 0xff;
    bool compatible = !self->bytes[10] && !self->bytes[11];
    return mapped || (compatible && !is_loopback(self) &&
                      !wasi_address_is_unspecified(self));
}

bool wasi_address_is_multicast(const wasi_address *self)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    if (self->v6)
        return self->bytes[0] == 0xff;
    return self->bytes[0] >> 4 == 14 || !memcmp(self->bytes, broadcast, 4);
}

static bool is_link_local(const wasi_address *self)
{
    return self->v6 ? self->bytes[0] == 0xfe && self->bytes[1] >> 6 == 2
                    : self->bytes[0] == 169 && self->bytes[1] == 254;
}

bool wasi_address_equal(const wasi_address *a, const wasi_address *b)
{
    return a->v6 == b->v6 && a->port == b->port &&
           !memcmp(a->bytes, b->bytes, address_size(a)) &&
           (!a->v6 || a->scope == b->scope);
}

unsigned wasi_address_to_host(const wasi_address *self,
                              struct sockaddr_storage *out)
{
    memset(out, 0, sizeof *out);
    if (!self->v6) {
        struct sockaddr_in v4 = {.sin_family = AF_INET,
                                 .sin_port = htons(self->port)};
        memcpy(&v4.sin_addr, self->bytes, 4);
        memcpy(out, &v4, sizeof v4);
        return sizeof v4;
    }
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                              .sin6_port = htons(self->port),
                              .sin6_flowinfo = htonl(self->flow),
                              .sin6_scope_id = self->scope};
    memcpy(&v6.sin6_addr, self->bytes, 16);
    memcpy(out, &v6, sizeof v6);
    return sizeof v6;
}

bool wasi_address_from_host(wasi_address *self,
                            const struct sockaddr_storage *host)
{
    *self = (wasi_address){0};
    if (host->ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, host, sizeof v4);
        self->port = ntohs(v4.sin_port);
        memcpy(self->bytes, &v4.sin_addr, 4);
        return true;
    }
    if (host->ss_family != AF_INET6)
        return false;
    struct sockaddr_in6 v6;
    memcpy(&v6, host, sizeof v6);
    self->v6 = true;
    self->port = ntohs(v6.sin6_port);
    self->flow = ntohl(v6.sin6_flowinfo);
    self->scope = v6.sin6_scope_id;
    memcpy(self->bytes, &v6.sin6_addr, 16);
    return true;
}

/* ---- Rules: text ---- */

static bool parse_number(const char *text, unsigned most, unsigned *out)
{
    unsigned value = 0;
    if (!*text || strlen(text) > 5)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned)(*text - '0');
    }
    *out = value;
    return value <= most;
}

static bool parse_port(const char *text, wasi_net_rule *rule)
{
    unsigned port;
    rule->any_port = !strcmp(text, "*");
    if (rule->any_port)
        return true;
    if (!parse_number(text, UINT16_MAX, &port))
        return false;
    rule->port = (uint16_t)port;
    return true;
}

static bool parse_address(const char *text, wasi_address *out)
{
    *out = (wasi_address){0};
    if (inet_pton(AF_INET, text, out->bytes) == 1)
        return true;
    out->v6 = true;
    return inet_pton(AF_INET6, text, out->bytes) == 1;
}

/* Letters, digits, '-', '_' and dots between them. */
static bool is_name(const char *text)
{
    size_t size = strlen(text);
    if (!size || size > 253 || *text == '.' || *text == '-')
        return false;
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("-_.", text[i]))
            return false;
        if (text[i] == '.' && text[i + 1] == '.')
            return false;
    }
    return true;
}

/* ADDRESS or ADDRESS/BITS. */
static bool parse_network(char *host, char *bits, wasi_net_rule *rule)
{
    rule->kind = RULE_ADDRESS;
    if (!parse_address(host, &rule->address) ||
        wasi_address_is_mapped(&rule->address))
        return false;
    unsigned most = rule->address.v6 ? 128 : 32;
    rule->bits = most;
    return !bits || parse_number(bits, most, &rule->bits);
}

static bool parse_host(char *host, wasi_net_rule *rule)
{
    size_t size = strlen(host);
    if (size > 1 && host[size - 1] == '.')
        host[size - 1] = 0;
    if (!strcmp(host, "*")) {
        rule->kind = RULE_ANY;
        return true;
    }
    char *slash = strchr(host, '/');
    if (slash)
        *slash++ = 0;
    if (parse_network(host, slash, rule))
        return true;
    bool below = host[0] == '*' && host[1] == '.';
    rule->kind = below ? RULE_BELOW : RULE_NAME;
    const char *name = below ? host + 2 : host;
    /* What ends in a number is an address, and a wrong one. */
    const char *last = strrchr(name, '.');
    last = last ? last + 1 : name;
    if (slash || !is_name(name) || !last[strspn(last, "0123456789")])
        return false;
    memmove(host, name, strlen(name) + 1);
    return true;
}

/* Cuts "[v6]/bits:port" or "host:port" or an unbracketed v6 up. */
static bool parse_rule(char *text, wasi_net_rule *rule)
{
    char *port = NULL;
    rule->everything = !*text || !strcmp(text, "*");
    rule->any_port = rule->everything;
    if (rule->everything)
        return true;
    if (!strncmp(text, "listen=", 7)) {
        rule->listen = true;
        memmove(text, text + 7, strlen(text + 7) + 1);
    }
    bool bracket = *text == '[';
    if (bracket) {
        char *close = strchr(text, ']');
        if (!close)
            return false;
        port = strchr(close, ':');
        if (port)
            *port++ = 0;
        if (close[1] && close[1] != '/')
            return false;
        memmove(close, close + 1, strlen(close + 1) + 1);
        text++;
    } else {
        char *first = strchr(text, ':');
        if (first && !strchr(first + 1, ':')) {
            *first = 0;
            port = first + 1;
        }
    }
    if (!*text && port) {
        rule->listen = true;
        rule->kind = RULE_ANY;
    } else if (!parse_host(text, rule)) {
        return false;
    }
    bool named = rule->kind == RULE_NAME || rule->kind == RULE_BELOW;
    if (named && (rule->listen || bracket))
        return false;
    if (rule->listen && (!port || !*port))
        return false;
    if (port && !*port)
        return false;
    return parse_port(port ? port : "*", rule);
}

whit_status wasi_network_allow(wasi_network *self, slice rule,
                               whit_error *error)
{
    char text[300];
    wasi_net_rule made = {0};
    bool valid = rule.size < sizeof text &&
                 !(rule.size && memchr(rule.data, 0, rule.size));
    if (valid) {
        if (rule.size)
            memcpy(text, rule.data, rule.size);
        text[rule.size] = 0;
        valid = parse_rule(text, &made);
    }
    if (!valid)
        return error_set(error, WHIT_ARGUMENT,
                         "\"%.*s\" grants no network: it must be HOST, "
                         "HOST:PORT, :PORT to listen, or "
                         "listen=ADDRESS:PORT",
                         (int)(rule.size > 80 ? 80 : rule.size),
                         (const char *)rule.data);
    TRY(mem_grow((void **)&self->rules, &self->room, self->count,
                 sizeof *self->rules, LIMIT_WASI_NET_RULES, "network rules",
                 error));
    if (made.kind == RULE_NAME || made.kind == RULE_BELOW) {
        made.name = mem_strdup(text);
        TRY_ALLOC(made.name, error);
    }
    self->rules[self->count++] = made;
    return WHIT_OK;
}

/* ---- Rules: what they say ---- */

static bool rule_has_address(const wasi_net_rule *rule,
                             const wasi_address *address)
{
    if (rule->kind == RULE_ANY)
        return true;
    if (rule->kind != RULE_ADDRESS || rule->address.v6 != address->v6)
        return false;
    size_t bytes = rule->bits / 8;
    unsigned rest = rule->bits % 8;
    if (memcmp(rule->address.bytes, address->bytes, bytes) != 0)
        return false;
    uint8_t mask = (uint8_t)(0xff << (8 - rest));
    return !rest ||
           !((rule->address.bytes[bytes] ^ address->bytes[bytes]) & mask);
}

static bool rule_has_port(const wasi_net_rule *rule, uint16_t port)
{
    return rule->any_port || rule->port == port;
}

bool wasi_network_may_connect(wasi_network *self, const wasi_address *to)
{
    for (size_t i = 0; i < self->count; i++) {
        const wasi_net_rule *rule = &self->rules[i];
        if (!rule->listen && rule_has_address(rule, to) &&
            rule_has_port(rule, to->port))
            return true;
    }
    bool found = false;
    pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < self->grant_count && !found; i++) {
        const wasi_net_grant *grant = &self->grants[i];
        wasi_address wanted = *to;
        wanted.port = 0;
        found = wasi_address_equal(&grant->address, &wanted) &&
                (grant->any_port || grant->port == to->port);
    }
    pthread_mutex_unlock(&self->lock);
    return found;
}

bool wasi_network_may_listen(const wasi_network *self,
                             const wasi_address *local)
{
    for (size_t i = 0; i < self->count; i++) {
        const wasi_net_rule *rule = &self->rules[i];
        if ((rule->listen || rule->everything) &&
            rule_has_address(rule, local) && rule_has_port(rule, local->port))
            return true;
    }
    return false;
}

/* ---- Names ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), tail = strlen(end);
    return size > tail + 1 && text[size - tail - 1] == '.' &&
           !strcasecmp(text + size - tail, end);
}

static bool rule_has_name(const wasi_net_rule *rule, const char *name)
{
    if (rule->listen)
        return false;
    if (rule->kind == RULE_ANY)
        return true;
    if (rule->kind == RULE_BELOW)
        return ends_with(name, rule->name);
    return rule->kind == RULE_NAME && !strcasecmp(rule->name, name);
}

/* Whether an answer for the name may be given to the guest. */
static bool answer_is_safe(wasi_network *self, const char *name,
                           const wasi_address *answer)
{
    if (!is_loopback(answer) && !is_link_local(answer) &&
        !wasi_address_is_unspecified(answer) &&
        !wasi_address_is_multicast(answer))
        return true;
    if (!strcasecmp(name, "localhost") || ends_with(name, "localhost"))
        return is_loopback(answer);
    for (size_t i = 0; i < self->count; i++)
        if (!self->rules[i].listen && rule_has_address(&self->rules[i], answer))
            return true;
    return false;
}

static bool grant_add(wasi_network *self, const wasi_net_grant *grant)
{
    for (size_t i = 0; i < self->grant_count; i++)
        if (self->grants[i].any_port == grant->any_port &&
            self->grants[i].port == grant->port &&
            wasi_address_equal(&self->grants[i].address, &grant->address))
            return true;
    whit_error error;
    if (mem_grow((void **)&self->grants, &self->grant_room, self->grant_count,
                 sizeof *self->grants, LIMIT_WASI_NET_ADDRESSES, "addresses",
                 &error) != WHIT_OK)
        return false;
    self->grants[self->grant_count++] = *grant;
    return true;
}

/* Grants what the rules of a name grant at an address it has. */
static bool answer_grant(wasi_network *self, const char *name,
                         const wasi_address *answer)
{
    bool done = true;
    pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < self->count && done; i++) {
        const wasi_net_rule *rule = &self->rules[i];
        bool named = rule->kind == RULE_NAME || rule->kind == RULE_BELOW;
        if (!named || !rule_has_name(rule, name))
            continue;
        wasi_net_grant grant = {*answer, rule->any_port, rule->port};
        done = grant_add(self, &grant);
    }
    pthread_mutex_unlock(&self->lock);
    return done;
}

static wasi_error lookup_error(int code)
{
    switch (code) {
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
        return WASI_ERROR_NOENT;
    case EAI_AGAIN:
        return WASI_ERROR_AGAIN;
    case EAI_MEMORY:
        return WASI_ERROR_NOMEM;
    default:
        return WASI_ERROR_IO;
    }
}

static wasi_error lookup_collect(wasi_network *self, const char *name,
                                 const struct addrinfo *list,
                                 wasi_address **out, size_t *count)
{
    size_t room = 0;
    for (const struct addrinfo *i = list; i; i = i->ai_next)
        room++;
    wasi_address *answers = mem_calloc(room + 1, sizeof *answers);
    if (!answers)
        return WASI_ERROR_NOMEM;
    for (const struct addrinfo *i = list; i; i = i->ai_next) {
        wasi_address *answer = &answers[*count];
        struct sockaddr_storage host = {0};
        memcpy(&host, i->ai_addr, i->ai_addrlen);
        if (!wasi_address_from_host(answer, &host) ||
            wasi_address_is_mapped(answer) ||
            !answer_is_safe(self, name, answer))
            continue;
        if (!answer_grant(self, name, answer)) {
            mem_free(answers);
            *count = 0;
            return WASI_ERROR_NOMEM;
        }
        (*count)++;
    }
    *out = answers;
    return WASI_OK;
}

static wasi_error lookup_text(const char *text, wasi_address **out,
                              size_t *count)
{
    wasi_address address;
    if (!parse_address(text, &address) || wasi_address_is_mapped(&address))
        return WASI_ERROR_INVAL;
    *out = mem_dup(&address, sizeof address);
    *count = *out != NULL;
    return *out ? WASI_OK : WASI_ERROR_NOMEM;
}

wasi_error wasi_network_lookup(wasi_network *self, slice name,
                               wasi_address **out, size_t *count)
{
    char text[256];
    *out = NULL;
    *count = 0;
    if (!self->count)
        return WASI_ERROR_ACCES;
    if (!name.size || name.size >= sizeof text ||
        memchr(name.data, 0, name.size))
        return WASI_ERROR_INVAL;
    memcpy(text, name.data, name.size);
    text[name.size] = 0;
    wasi_error error = lookup_text(text, out, count);
    if (error != WASI_ERROR_INVAL)
        return error;
    if (name.size > 1 && text[name.size - 1] == '.')
        text[name.size - 1] = 0;
    if (!is_name(text))
        return WASI_ERROR_INVAL;
    bool granted = false;
    for (size_t i = 0; i < self->count && !granted; i++)
        granted = rule_has_name(&self->rules[i], text);
    if (!granted)
        return WASI_ERROR_ACCES;
    struct addrinfo *list = NULL;
    struct addrinfo hints = {.ai_family = AF_UNSPEC,
                             .ai_socktype = SOCK_STREAM};
    int code = getaddrinfo(text, NULL, &hints, &list);
    if (code)
        return lookup_error(code);
    error = lookup_collect(self, text, list, out, count);
    freeaddrinfo(list);
    if (!error && !*count) {
        mem_free(*out);
        *out = NULL;
        return WASI_ERROR_NOENT;
    }
    return error;
}
