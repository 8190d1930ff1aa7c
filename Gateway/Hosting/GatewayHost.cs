using System.Net;
using System.Net.Security;
using Granary.Gateway.Api;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Limits;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Messages;
using Granary.Gateway.Transparency;
using Granary.Hosting.Health;
using Granary.Hosting.Lifecycle;
using Granary.Hosting.Telemetry;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Granary.Tenants.Instana;

namespace Granary.Gateway.Hosting;

/// <summary>Builds a gateway. Tests and other hosts build the same one and add plug-ins; there is no other path.</summary>
public static class GatewayHost
{
    /// <summary>What the program is called where several send their traces.</summary>
    internal const string ServiceName = "granary-gateway";

    /// <summary>Builds the HTTP gateway, ready to run.</summary>
    /// <param name="options">How it runs.</param>
    /// <param name="configure">Adds plug-ins or replaces parts.</param>
    /// <exception cref="InvalidDataException">The configuration cannot work; the message says why and what would.</exception>
    public static WebApplication Build(GatewayOptions options, Action<IServiceCollection>? configure = null)
    {
        CheckExposure(options);
        var builder = ProgramHost.CreateBuilder(typeof(GatewayHost).Assembly, options);
        QuietAuthentication(builder.Logging);
        builder.Services.AddGateway(options);
        builder.AddTelemetry(options.Telemetry, ServiceName, beginsTraces: true, options.MetricsPort);
        builder.Services.AddHostedService<Lifecycle>();
        builder.Services.AddCors();
        builder.WebHost.ConfigureKestrel(kestrel => ConfigureKestrel(kestrel, options));
        configure?.Invoke(builder.Services);
        var app = builder.Build();
        if (options.MetricsPort is { } metrics)
            app.UseMetricsPort(metrics, options.IsLoopback, options.AllowedHosts);
        Map(app, options);
        return app;
    }

    /// <summary>A refused request is one line of ours (<c>Refusals</c>).</summary>
    private static void QuietAuthentication(ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft.AspNetCore.Authentication", LogLevel.None);
        logging.AddFilter(typeof(Access.ApiKeyHandler).FullName, LogLevel.None);
        logging.AddFilter(typeof(Access.McpHandler).FullName, LogLevel.None);
    }

    private static void ConfigureKestrel(KestrelServerOptions kestrel, GatewayOptions options)
    {
        // A body that is too large is refused by its length, and then read on: see BodyDrain.
        kestrel.Limits.MaxRequestBodySize = (long)options.MaxBodyBytes + BodyDrain.MaxBytes;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.MaxRequestHeaderCount = 100;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        Listen(kestrel, options.Host, options.Port);
        if (options.SecondPort is { } second)
            Listen(kestrel, options.Host, second);
        // Without TLS nothing tells the two apart on one port.
        if (options.Http2Port is { } http2)
            Listen(kestrel, options.Host, http2, HttpProtocols.Http2);
        if (options.Tls is { } tls)
            Listen(kestrel, options.Host, tls.Port, HttpProtocols.Http1AndHttp2, kestrel.ApplicationServices.GetRequiredService<ServerTls>());
        if (options.MetricsPort is { } metrics)
            Listen(kestrel, options.Host, metrics);
    }

    private static void Listen(KestrelServerOptions kestrel, string host, int port, HttpProtocols protocols = HttpProtocols.Http1, ServerTls? tls = null)
    {
        var bounds = kestrel.ApplicationServices.GetRequiredService<AddressConnections>();
        if (host == "localhost" && port != 0)
            kestrel.ListenLocalhost(port, Configure);
        else
            kestrel.Listen(host == "localhost" ? IPAddress.Loopback : ParseAddress(host), port, Configure);

        void Configure(ListenOptions listen)
        {
            listen.Protocols = protocols;
            if (bounds.AreSet)
                listen.Use(next => connection => bounds.InvokeAsync(connection, next));
            if (tls is not null)
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(tls.Options) });
        }
    }

    private static void Map(WebApplication app, GatewayOptions options)
    {
        var guard = app.Services.GetRequiredService<OriginGuard>();
        var state = app.Services.GetRequiredService<GatewayState>();
        app.UseTrustedProxies(options);
        app.UseAnswerHeaders();
        app.UseCallerTrace(options);
        // A proxy must not find out that a connection is gone by losing a request on it: each is used up before the gateway closes them all.
        app.Use(next => context =>
        {
            if (state.IsDraining && HttpProtocol.IsHttp11(context.Request.Protocol))
                context.Response.Headers.Connection = "close";
            return next(context);
        });
        if (options.PathBase.Length > 0)
            app.UsePathBase(options.PathBase);
        app.Use(next => context => guard.InvokeAsync(context, next));
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Use(next => context => BodyDrain.InvokeAsync(context, next, time));
        // Only pages send an Origin; they also need to be told that they may read the answer.
        app.UseWhen(
            context => context.Request.Headers.Origin.Count > 0,
            pages => pages.Use(next => Cors(app.Services, next)));
        if (options.CompressLists)
            app.UseResponseCompression();
        app.UseResourceMetadata(options);
        app.UseRouting();
        app.MapProbes($"\"server\":\"{ServerIdentity.Name}\",\"version\":\"{ServerIdentity.Version}\"", withStatus: true);
        app.Services.GetRequiredService<VaultApi>().Map(app);
        app.Services.GetRequiredService<TlogEndpoints>().Map(app);
        app.Services.GetRequiredService<WitnessEndpoints>().Map(app);
        app.Services.GetRequiredService<McpEndpoints>().Map(app);
        // Definitions are checked now, not at the first call.
        app.Services.GetRequiredService<Audit.AuditTrail>().CheckRequired(app.Services.GetRequiredService<Tools.ToolCatalog>());
        _ = app.Services.GetRequiredService<Access.Policy>();
        _ = app.Services.GetRequiredService<TenantBackends>();
    }

    // Not UseCors: it compiles expressions, which brings a library and 3 MB into every gateway for one call.
    private static RequestDelegate Cors(IServiceProvider services, RequestDelegate next)
    {
        var policy = new CorsPolicyBuilder()
            // Others were refused before.
            .SetIsOriginAllowed(_ => true)
            .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete)
            .AllowAnyHeader()
            .WithExposedHeaders(RequestHeaders.SessionId, "WWW-Authenticate")
            .Build();
        var cors = new CorsMiddleware(next, services.GetRequiredService<ICorsService>(), policy, services.GetRequiredService<ILoggerFactory>());
        var provider = services.GetRequiredService<ICorsPolicyProvider>();
        return context => cors.Invoke(context, provider);
    }

    private static IPAddress ParseAddress(string host) =>
        IPAddress.TryParse(host, out var address)
            ? address
            : throw new InvalidDataException($"--host is an IP address or 'localhost', for example 0.0.0.0; '{host}' is neither.");

    private static void CheckExposure(GatewayOptions options)
    {
        if (!options.Authenticates && !options.IsLoopback && !options.AllowAnonymous)
        {
            throw new InvalidDataException(
                $"Authentication is disabled, so this gateway listens on loopback only. To listen on {options.Host}, give it keys (--api-keys FILE) or issuers (--issuers FILE), or say --allow-anonymous.");
        }
    }
}
