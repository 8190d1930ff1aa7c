using System.Reflection;
using Granary.Hosting.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Granary.Hosting.Lifecycle;

/// <summary>What the gateway's and the silo's hosts have in common.</summary>
public static class ProgramHost
{
    /// <summary>A host with Kestrel, routing, logging, probes and an orderly stop, and nothing else: what it listens on and serves is the program's.</summary>
    /// <param name="program">The program's assembly.</param>
    /// <param name="settings">How it runs.</param>
    public static WebApplicationBuilder CreateBuilder(Assembly program, ProgramSettings settings)
    {
        // Empty: the defaults would read appsettings.json and watch the working directory, where the vaults may be.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = program.GetName().Name });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddRoutingCore();
        builder.Logging.AddConsoleLines(settings.LogLevel, settings.JsonLog);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.ShutdownTimeout);
        builder.Services.AddSingleton(settings).AddSingleton<IHostLifetime, SignalLifetime>();
        return builder;
    }

    /// <summary>Before anything is answered: no answer may be kept, or be taken for something else than it says.</summary>
    public static void UseAnswerHeaders(this IApplicationBuilder app) => app.Use(next => context =>
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        return next(context);
    });
}
