using Granary.Conformance.Tests.Clients;
using Granary.Conformance.Tests.Fixtures;
using Granary.Gateway.Hosting;

namespace Granary.Conformance.Tests;

/// <summary>The real gateway with the conformance suite's fixtures plugged in; same flags, same pipeline. <c>dotnet-client FILE</c> is a client of it.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args is ["dotnet-client", var file]
        ? DotNetClientCommand.RunAsync(file)
        : GatewayCommand.RunAsync(args, services => services.AddPlugins(typeof(FixtureTool).Assembly));
}
