using System.CommandLine;

namespace Granary.Gateway.Configuration;

/// <summary>The gateway's flags, named as the clients of mcp-instana and of Provara's server know them. Flags win over the environment.</summary>
internal sealed class CommandLine
{
    public Option<string?> Transport { get; } = new("--transport") { Description = "streamable-http (also: http) or stdio (GRANARY_TRANSPORT, streamable-http)" };

    public Option<string?> Host { get; } = new("--host") { Description = "Address to listen on (GRANARY_HOST, 127.0.0.1)" };

    public Option<int?> Port { get; } = new("--port") { Description = "TCP port (PORT, 8080)" };

    public Option<int?> SecondPort { get; } =
        new("--second-port") { Description = "One more TCP port that serves the same, for example 8765 (GRANARY_SECOND_PORT, none)" };

    public Option<string?> Data { get; } = new("--data") { Description = "Folder for vaults and session keys (GRANARY_DATA, ./granary-data)" };

    public Option<string?> LogLevel { get; } = new("--log-level") { Description = "DEBUG, INFO, WARNING, ERROR or CRITICAL (LOG_LEVEL, INFO)" };

    public Option<string?> LogFormat { get; } = new("--log-format") { Description = "text or json, one object on a line (GRANARY_LOG_FORMAT, text)" };

    public Option<bool> Debug { get; } = new("--debug") { Description = "Same as --log-level DEBUG" };

    public Option<string?> Tools { get; } =
        new("--tools") { Description = $"Categories to serve, separated by commas: {string.Join(", ", GatewayOptions.Categories)}" };

    public Option<bool> ListTools { get; } = new("--list-tools") { Description = "List the categories and their tools, then exit" };

    public Option<string?> ApiToken { get; } = new("--api-token") { Description = "Instana API token; process lists show it, so prefer the file (INSTANA_API_TOKEN)" };

    public Option<string?> ApiTokenFile { get; } = new("--api-token-file") { Description = "File with the Instana API token (INSTANA_API_TOKEN_FILE)" };

    public Option<string?> BaseUrl { get; } = new("--base-url") { Description = "Instana base URL (INSTANA_BASE_URL)" };

    public Option<string?> VerifySsl { get; } = new("--verify-ssl")
    {
        Description = "Verify the backend's certificate: true or false (INSTANA_SSL_VERIFY, true)",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public Option<bool> ReadOnly { get; } = new("--read-only") { Description = "Refuse operations that change an Instana backend (GRANARY_READ_ONLY)" };

    public Option<string?> ApiKeys { get; } =
        new("--api-keys") { Description = "File with API keys; without it everyone is the tenant 'default' (GRANARY_API_KEYS)" };

    public Option<string?> Issuers { get; } =
        new("--issuers") { Description = "File with the issuers of access tokens (OAuth, OpenID Connect) to accept (GRANARY_ISSUERS, none)" };

    public Option<string?> Policy { get; } =
        new("--policy") { Description = "File with what tenants and keys are allowed and denied beyond their scopes (GRANARY_POLICY_FILE, none)" };

    public Option<string?> PublicUrl { get; } = new("--public-url")
    {
        Description = "Address at which clients reach this gateway, without /mcp, for example https://granary.example.com; tokens are made for it (GRANARY_PUBLIC_URL)",
    };

    public Option<bool> Audit { get; } =
        new("--audit") { Description = "Record each call of a tool in the tenant's vault granary-audit (GRANARY_AUDIT)" };

    public Option<bool> AllowAnonymous { get; } =
        new("--allow-anonymous") { Description = "Listen beyond loopback without API keys (GRANARY_ALLOW_ANONYMOUS)" };

    public Option<string?> AllowedHosts { get; } =
        new("--allowed-hosts") { Description = "Host names to answer to, separated by commas (GRANARY_ALLOWED_HOSTS)" };

    public Option<string?> AllowedOrigins { get; } = new("--allowed-origins") { Description = "Origins of pages that may call (GRANARY_ALLOWED_ORIGINS)" };

    public Option<string?> AllowedBackends { get; } = new("--allowed-backends")
    {
        Description = "Instana backends besides *.instana.io, for example http://127.0.0.1:8090 (INSTANA_ALLOWED_HOSTS)",
    };

    public Option<string[]> Env { get; } =
        new("--env") { Description = "Sets an environment variable, KEY=VALUE; may be repeated", Arity = ArgumentArity.OneOrMore };

    public Option<string?> EnvFile { get; } =
        new("--env-file") { Description = "File of KEY=VALUE lines for what the environment leaves open; none is read unless it is named" };

    public Option<string?> PathBase { get; } =
        new("--path-base") { Description = "Path in front of /mcp, /sse and /message as clients see it behind a proxy, for example /granary (GRANARY_PATH_BASE, none)" };

    public IEnumerable<Option> All =>
    [
        Transport, Host, Port, SecondPort, Data, LogLevel, LogFormat, Debug, Tools, ListTools, ApiToken, ApiTokenFile, BaseUrl, VerifySsl, ReadOnly, ApiKeys, Issuers, Policy, PublicUrl,
        Audit, AllowAnonymous, AllowedHosts,
        AllowedOrigins, AllowedBackends, PathBase, Env, EnvFile,
    ];
}
