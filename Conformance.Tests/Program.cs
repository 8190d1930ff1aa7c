using Granary.Conformance.Tests.Clients;
using Granary.Conformance.Tests.Fixtures;
using Granary.Gateway.Hosting;

namespace Granary.Conformance.Tests;

/// <summary>The real gateway with the conformance suite's fixtures plugged in; same flags, same pipeline. Two commands more are for <c>Conformance.Tests/clients</c>.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        ["dotnet-client", var file] => DotNetClientCommand.RunAsync(file),
        ["login-gateway", var data] => LoginGatewayCommand.RunAsync(data),
        _ => GatewayCommand.RunAsync(args, services => services.AddPlugins(typeof(FixtureTool).Assembly)),
    };
}
