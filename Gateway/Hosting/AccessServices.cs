using System.Security.Cryptography.X509Certificates;
using Granary.Gateway.Access;
using Granary.Gateway.Access.Tokens;
using Granary.Gateway.Configuration;
using Granary.Gateway.Protocol.Messages;
using Granary.Hosting.Health;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Authentication;

namespace Granary.Gateway.Hosting;

/// <summary>Who may call: one scheme for API keys, one for client certificates, one for each issuer of access tokens, and a policy scheme in front of them.</summary>
internal static class AccessServices
{
    /// <exception cref="InvalidDataException">The issuers file cannot be used.</exception>
    public static IServiceCollection AddAccess(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton<Refusals>();
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<Policy>(s, new PolicyLocation(options.PolicyFile)));
        services.AddSingleton<IReadiness>(s => s.GetRequiredService<Policy>());
        services.AddSingleton(s => new Authorizer(s.GetRequiredService<Policy>()) { Distinguishes = options.Authenticates || options.PolicyFile is not null });
        if (!options.Authenticates)
            return services.AddSingleton(new Challenges(options)).AddSingleton<IAccess, NoAccess>();
        if (options.ApiKeyFile is { } file)
            services.AddSingleton(s => ActivatorUtilities.CreateInstance<ApiKeys>(s, file)).AddSingleton<IReadiness>(s => s.GetRequiredService<ApiKeys>());
        services.AddSingleton<Guesses>().AddSingleton<AccessContext>().AddSingleton<ApiKeyCheck>().AddSingleton<IAccess, SchemeAccess>();
        // Not AddAuthentication: it brings data protection along, which makes keys in a home folder at start, and nothing here needs any.
        services.AddAuthenticationCore(schemes => schemes.DefaultScheme = Schemes.Granary).AddWebEncoders();
        var builder = new AuthenticationBuilder(services)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(Schemes.ApiKey, null)
            .AddPolicyScheme(Schemes.Granary, null, policy => policy.ForwardChallenge = options.IssuersFile is null ? Schemes.ApiKey : Schemes.Mcp);
        if (options.Tls is { AsksForCertificates: true } tls)
            builder.AddCertificates(ServerTls.ReadAuthorities(tls));
        services.AddOptions<PolicySchemeOptions>(Schemes.Granary).Configure<AccessContext>((policy, access) => policy.ForwardDefaultSelector = access.SchemeOf);
        if (options.IssuersFile is not { } path)
            return services.AddSingleton(new Challenges(options));
        return builder.AddTokens(IssuersFile.Load(path), options);
    }

    /// <summary>Serves RFC 9728 metadata at the root and behind each endpoint's path, where access tokens are accepted.</summary>
    public static void UseResourceMetadata(this WebApplication app, GatewayOptions options)
    {
        // Endpoints authenticate (IAccess). Without this mark a WebApplication that finds schemes among its services authenticates every request before, too.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = true;
        if (options.IssuersFile is null)
            return;
        // Only these paths: the middleware asks its handlers about every request.
        app.UseWhen(context => context.Request.Path.StartsWithSegments(ResourceAddress.WellKnown), known => known.UseAuthentication());
    }

    private static void AddCertificates(this AuthenticationBuilder builder, X509Certificate2Collection authorities)
    {
        builder.AddCertificate(Schemes.Certificate);
        builder.Services.AddSingleton<CertificateKeys>().AddSingleton<ICertificateValidationCache>(s => s.GetRequiredService<CertificateKeys>());
        builder.Services.AddOptions<CertificateAuthenticationOptions>(Schemes.Certificate)
            .Configure<CertificateKeys>((certificates, keys) => keys.Configure(certificates, authorities));
    }

    private static IServiceCollection AddTokens(this AuthenticationBuilder builder, IssuersFile issuers, GatewayOptions options)
    {
        var address = ResourceAddress.Of(options);
        var services = builder.Services;
        services.AddSingleton(issuers).AddSingleton(address).AddSingleton<KeySource>();
        services.AddSingleton<TokenSchemes>().AddSingleton<ITokenSchemes>(s => s.GetRequiredService<TokenSchemes>());
        var supported = issuers.Scopes ?? [.. Scopes.Known.Where(s => s != Scopes.All)];
        // A client that is not known yet asks for reading, and for more when a call needs more (403 insufficient_scope).
        var first = issuers.Scopes ?? [.. supported.Where(s => s.EndsWith(":read", StringComparison.Ordinal))];
        services.AddSingleton(new Challenges(options, string.Join(' ', first)));
        builder.AddScheme<McpAuthenticationOptions, McpHandler>(Schemes.Mcp, mcp =>
        {
            mcp.ForwardAuthenticate = Schemes.Granary;
            mcp.Events.OnResourceMetadataRequest = context => DescribeAsync(context, address, issuers, supported);
        });
        foreach (var issuer in issuers.Issuers)
        {
            var scheme = Schemes.Issuer(issuer.Name);
            builder.AddScheme<JwtBearerOptions, JwtBearerHandler>(scheme, null);
            services.AddOptions<JwtBearerOptions>(scheme).Configure<TokenSchemes>((jwt, tokens) => tokens.Configure(jwt, issuer, address));
        }
        return services;
    }

    private static Task DescribeAsync(ResourceMetadataRequestContext context, ResourceAddress address, IssuersFile issuers, IReadOnlyList<string> scopes)
    {
        context.HttpContext.Request.Path.StartsWithSegments(ResourceAddress.WellKnown, out var suffix);
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (!isRead || address.ResourceOf(suffix) is not { } resource)
        {
            context.SkipHandler();
            return Task.CompletedTask;
        }
        context.ResourceMetadata = new ProtectedResourceMetadata
        {
            Resource = resource,
            AuthorizationServers = [.. issuers.Issuers.Select(i => i.Address)],
            ScopesSupported = [.. scopes],
            BearerMethodsSupported = ["header"],
            ResourceName = ServerIdentity.Name,
        };
        return Task.CompletedTask;
    }
}
