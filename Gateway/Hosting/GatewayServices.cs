using System.Reflection;
using Granary.Gateway.Api;
using Granary.Gateway.Audit;
using Granary.Gateway.Changes;
using Granary.Gateway.Configuration;
using Granary.Gateway.Health;
using Granary.Gateway.Invocation;
using Granary.Gateway.Limits;
using Granary.Gateway.Prompts;
using Granary.Gateway.Protocol.Calls;
using Granary.Gateway.Protocol.Http;
using Granary.Gateway.Protocol.Legacy;
using Granary.Gateway.Protocol.Modern;
using Granary.Gateway.Protocol.Stdio;
using Granary.Gateway.Resources;
using Granary.Gateway.Tools;
using Granary.Gateway.Tools.Vaults;
using Granary.Gateway.Transparency;
using Granary.Hosting.Health;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Granary.Gateway.Hosting;

/// <summary>What a gateway is made of.</summary>
public static class GatewayServices
{
    /// <summary>
    /// Registers every tool, prompt and resource family of an assembly: each class that implements the interface and has a public constructor.
    /// This is all it takes to plug in.
    /// </summary>
    public static IServiceCollection AddPlugins(this IServiceCollection services, Assembly assembly)
    {
        foreach (var type in assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && t.GetConstructors().Length > 0)
            .OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            foreach (var seam in (Type[])[typeof(ITool), typeof(IPrompt), typeof(IPromptSource), typeof(IResources)])
            {
                if (seam.IsAssignableFrom(type))
                    services.AddSingleton(seam, type);
            }
        }
        return services;
    }

    internal static IServiceCollection AddGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddPlugins(typeof(GatewayServices).Assembly);
        services
            .AddSingleton<ToolCatalog>()
            .AddSingleton<PromptCatalog>()
            .AddSingleton<ResourceCatalog>()
            .AddSingleton<TenantAdmission>()
            .AddSingleton<RateLimits>()
            .AddSingleton<AddressConnections>()
            .AddSingleton<VaultAccess>()
            .AddSingleton<InstanaAccess>();
        if (options.Tls is { } tls)
            services.AddSingleton(s => ActivatorUtilities.CreateInstance<ServerTls>(s, tls));
        services.AddSingleton<TlogEndpoints>().AddSingleton<WitnessClient>().AddSingleton<WitnessEndpoints>();
        services.AddSingleton(s => new CosignedCheckpoints(
            WitnessList.Read(options.WitnessFile), s.GetRequiredService<WitnessClient>(), s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<CosignedCheckpoints>>()));
        services.AddSingleton<ApiRefusals>().AddSingleton<VaultApiCalls>().AddSingleton<VaultApi>();
        services.AddMetrics().AddSingleton<TenantLabels>().AddSingleton<ToolMetrics>();
        services.AddSingleton<AccessLog>().AddSingleton<AuditMetrics>().AddSingleton<AuditSource>().AddSingleton<AuditTrail>();
        services.AddTenants(options);
        services.AddSingleton<GatewayState>().AddSingleton<ProgramState>(s => s.GetRequiredService<GatewayState>()).AddSingleton<InFlight>();
        services.AddProbes();
        services.AddAccess(options);
        services.AddSingleton(_ => CreateTokenSeal(options));
        return services.AddProtocol();
    }

    private static IServiceCollection AddProtocol(this IServiceCollection services)
    {
        services.AddSingleton<ChangeHub>().AddSingleton<IChanges>(s => s.GetRequiredService<ChangeHub>()).AddSingleton<ResourceWatch>();
        services.AddSingleton<RequestStateSeal>();
        services.AddListCompression();
        services.AddSingleton<HeaderRules>().AddSingleton<OriginGuard>().AddSingleton<OpenStreams>().AddSingleton<Listen>();
        services.AddSingleton<QuietReplies>().AddSingleton<McpPost>().AddLegacyRevisions();
        services.AddSingleton<ConversationFactory>().AddSingleton<StdioServer>().AddSingleton<McpEndpoints>().AddSingleton<Dispatcher>();
        foreach (var method in typeof(IRpcMethod).Assembly.GetTypes()
            .Where(t => t is { IsClass: true, IsAbstract: false } && typeof(IRpcMethod).IsAssignableFrom(t)))
            services.AddSingleton(typeof(IRpcMethod), method);
        return services;
    }

    private static TokenSeal CreateTokenSeal(GatewayOptions options) =>
        options switch
        {
            { SessionKeys: { } keys } => TokenSeal.Parse(keys),
            { Shape: Shape.Standalone } => TokenSeal.LoadOrCreate(Path.Combine(options.DataFolder, "session.keys")),
            _ => new TokenSeal(null),
        };
}
